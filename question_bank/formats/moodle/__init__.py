"""What the formats of Moodle share: text formats, grades, categories, tags, embedded answers."""
