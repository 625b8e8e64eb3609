"""The stylised facts that the model must reproduce, each measured on runs of the model (`collabsim validate`)."""
