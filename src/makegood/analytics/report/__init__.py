"""What every report page shares: the frame, charts, tables and masks."""
