"""Constants of the virtual house."""

DOMAIN = "virtual_house"
CONF_FILE = "file"
