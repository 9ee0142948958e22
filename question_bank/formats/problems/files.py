"""What is wrong with a file: type, encoding, what it unpacks to: codes and their sentences."""

ERRORS: dict[str, str] = {
    "file.empty": "The file is empty.",
    "file.too_large": "The file has {size} MB; {limit} MB are allowed.",
    "file.unknown": "No question format was recognised in this file.",
    "file.encoding": "The characters of this file could not be read. Save it as UTF-8.",
    "file.old_office": "This is the old .doc or .xls format. Save it as .docx or .xlsx.",
    "file.password": "This file has a password. Save it without one.",
    "file.no_questions": "No question was found in this file.",
    "file.too_many_questions": "The file has over {limit} questions. Split it.",
    "file.reader_failed": "The file breaks the rules of its format ({format}) and was not read.",
    # Archives: packages, .docx and .xlsx.
    "file.archive_damaged": "The archive is damaged. Save or export it again.",
    "file.archive_name": "The archive holds a file with the unsafe name “{name}”.",
    "file.archive_duplicate": "The archive holds two files with the name “{name}”.",
    "file.archive_link": "The archive holds a link or device: “{name}”.",
    "file.archive_nested": "The archive holds another archive: “{name}”. Unpack that one first.",
    "file.archive_entries": "The archive holds over {limit} files.",
    "file.archive_unpacked": "The archive unpacks to far more than questions need.",
    # Workbooks, before they are opened.
    "file.sheet_rows": "A sheet has a cell below row {limit}. Split the file.",
    "file.sheet_columns": "A sheet has a cell beyond column {limit}.",
    # XML.
    "file.xml_syntax": "This is not valid XML: {detail}.",
    "file.xml_doctype": "The XML declares a document type or entities, which is not allowed.",
    "file.xml_depth": "The XML is nested over {limit} levels deep.",
    "file.xml_elements": "The XML has over {limit} elements and attributes.",
    # What a written file cannot hold.
    "written.kind": "The format has no questions of the type “{kind}”: it was not written.",
    "written.blanks": "The format holds one blank with words only: the question was not written.",
    "written.empty": "The question is not complete and was not written.",
}
DECISIONS: dict[str, str] = {}
FIXES: dict[str, str] = {
    "file.xml_entities": "{count} HTML entities that XML does not know were replaced.",
    "file.xml_control": "{count} invisible characters that XML does not allow were removed.",
}
WARNINGS: dict[str, str] = {
    "written.media": "Pictures, sounds and films are not in the file.",
    "written.media_missing": "The file “{name}” was not found and is not in the file.",
    "written.scoring": "Other programs will score this question in another way ({scoring}).",
    "written.exact": "Other programs will not compare the answers character by character.",
    "written.weights": "The weights of the blanks were rounded to whole numbers.",
    "written.text": "A text was changed because the format cannot hold it as it is: {text}",
    "file.mixed_encodings": "Some lines are UTF-8, others GB18030. Please check the text.",
}
