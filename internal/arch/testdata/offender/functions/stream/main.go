// Command stream wires.
package main

func main() {}
