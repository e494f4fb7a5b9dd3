"""What instructors do: masters become source notebooks, and graders are proven before anybody is graded by them."""
