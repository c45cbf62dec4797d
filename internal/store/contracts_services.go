package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
)

// Pacticipants implements contracts.PacticipantStore.
func (c *Contracts) Pacticipants(ctx context.Context, f contracts.PacticipantFilter) ([]contracts.Pacticipant, error) {
	q := c.query(ctx)
	q.in(`p.id`, f.IDs)
	q.inTexts(`p.name`, f.Names)
	if f.Label != "" {
		q.and(`EXISTS (SELECT 1 FROM pacticipant_labels f WHERE f.pacticipant_id = p.id AND f.name = ?)`, f.Label)
	}
	type labelled struct {
		contracts.Pacticipant
		label   sql.NullString
		labelAt time.Time
	}
	list, err := rowsOf(q, `SELECT p.id, p.name, p.display_name, p.main_branch, p.repository_url, p.repository_name, p.repository_namespace,
			`+q.timeColumn(`p.created_at`)+`, `+q.timeColumn(`p.updated_at`)+`, l.name, `+q.timeColumn(`l.created_at`)+`
		FROM pacticipants p LEFT JOIN pacticipant_labels l ON l.pacticipant_id = p.id`+q.where()+` ORDER BY p.name, l.name`,
		func(rows database.Rows, p *labelled) error {
			return rows.Scan(&p.ID, &p.Name, &p.DisplayName, &p.MainBranch, &p.RepositoryURL, &p.RepositoryName, &p.RepositoryNamespace,
				(*stamp)(&p.CreatedAt), (*stamp)(&p.UpdatedAt), &p.label, (*stamp)(&p.labelAt))
		})
	if err != nil {
		return nil, err
	}
	var out []contracts.Pacticipant
	for _, row := range list {
		if len(out) == 0 || out[len(out)-1].ID != row.ID {
			out = append(out, row.Pacticipant)
		}
		if row.label.Valid {
			last := &out[len(out)-1]
			last.Labels = append(last.Labels, contracts.Label{Name: row.label.String, CreatedAt: row.labelAt})
		}
	}
	return out, nil
}
