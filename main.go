// Countersign is a desk for reviewing what Yoti Sign's identity verification found.
package main

import "countersign/internal/cli"

func main() { cli.Main() }
