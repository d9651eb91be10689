"""Papers read by a machine, in a process that ends: what stands in a licence, and how sure the machine is. It decides nothing."""
