"""Compare a row with what is stored before it is saved."""


def replaced_row(row, field_name, update_fields=None):
    """Return the row as it is stored, if saving it changes that field; else None.

    `update_fields` are those of `save()`: None saves all fields.
    """
    field = row._meta.get_field(field_name)
    is_written = update_fields is None or {field.name, field.attname} & set(update_fields)
    if row._state.adding or not is_written:
        return None
    stored = type(row)._default_manager.filter(pk=row.pk).order_by("pk").first()
    if stored is None or getattr(stored, field.attname) == getattr(row, field.attname):
        return None
    return stored
