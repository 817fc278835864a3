"""The commands of `oversight`, grouped by what they are about; `cli` gathers them."""
