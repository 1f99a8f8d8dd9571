"""What is seen without training: in the data, the loss, the structure of the network, and one measured step."""
