// Command purge wires.
package main

func main() {}
