"""From a workbook to a receipt, and from all receipts to a snapshot."""
