"""How fast convlens trains, next to other libraries in the same browser and next to a BLAS: `make bench`."""
