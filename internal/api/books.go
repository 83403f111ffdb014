package api

import (
	"net/http"

	"landfall/internal/migrate"
)

// Books is how the books of a migration show themselves (CONTRACT 10.3). The members of migrate.Books follow its own.
type Books struct {
	Migration migrate.MigrationID `json:"migrationReferenceId"`
	AsOf      Time                `json:"asOf"`
	migrate.Books
}

// BooksView shows books.
func BooksView(b migrate.Books) Books {
	return Books{Migration: b.Migration, AsOf: Time(b.AsOf), Books: b}
}

func (s *service) getBooks(c *call) error {
	m, err := c.migration()
	if err != nil {
		return err
	}
	books, err := s.Books.Books(c.Context(), c.tenant, m)
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, BooksView(books))
}
