// Command stage wires.
package main

func main() {}
