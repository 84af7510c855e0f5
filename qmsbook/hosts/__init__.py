"""The places where a workbook can be read and written; each module holds one host."""
