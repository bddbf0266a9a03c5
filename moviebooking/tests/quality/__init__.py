"""Requirements for every page in every state: accessible, valid, light and stable."""
