// Command convert imports a module whose name begins like one that it may import.
package main

import (
	_ "github.com/google/uuid"
	_ "github.com/google/uuidextra"
)

func main() {}
