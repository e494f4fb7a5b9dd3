"""What people read: a student's feedback, a class in a table. Data is gathered apart from how it is drawn."""
