"""Reading text in pictures without a model of language: two small networks, in a process of their own."""

WORKER = "desktop_helper.ocr.worker"  # the process
PATIENT = "--patient"  # as its argument: it takes only what others leave of the processors
