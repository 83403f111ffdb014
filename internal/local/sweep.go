package local

import (
	"context"
	"encoding/json"

	"landfall/internal/asl/run"
	"landfall/internal/migrate"
	"landfall/internal/pipeline"
)

// sweepPage is how many rows are read at once.
const sweepPage = 500

// Sweep repairs what a process left half done between two rows: it starts the machine of every drop and job that is
// open and has none, and closes loads whose connection ended with the process. It is harmless at any time but while
// loads are under way.
func (s *Service) Sweep(ctx context.Context) error {
	const t = migrate.LocalTenant
	list, _, err := s.Store.ListMigrations(ctx, t, "", 0, 1)
	if err != nil || len(list) == 0 {
		return err
	}
	m := list[0]
	if err := s.sweepDrops(ctx, t, m); err != nil {
		return err
	}
	return s.sweepJob(ctx, t, m)
}

func (s *Service) sweepDrops(ctx context.Context, t migrate.TenantID, m migrate.Migration) error {
	if m.OpenDrops == 0 {
		return nil
	}
	after := uint32(0)
	for {
		page, err := s.Store.ListDrops(ctx, t, m.ID, after, sweepPage)
		if err != nil {
			return err
		}
		for _, d := range page {
			after = d.Seq
			if err := s.sweepDrop(ctx, t, m, d); err != nil {
				return err
			}
		}
		if len(page) < sweepPage {
			return nil
		}
	}
}

func (s *Service) sweepDrop(ctx context.Context, t migrate.TenantID, m migrate.Migration, d migrate.Drop) error {
	if !d.State.IsOpen() || d.State == migrate.DropFailed {
		return nil // one that failed is tried again when it is announced again
	}
	if d.Origin == migrate.OriginRequest {
		return s.Settle.Interrupt(ctx, t, d.ID)
	}
	return s.machines.Start(ctx, pipeline.MachineStage, string(d.ID),
		pipeline.MachineState{Tenant: t, Migration: m.ID, Epoch: m.Epoch, Run: string(d.ID), Drop: d.ID})
}

// sweepJob starts the machine of a job that runs and has none. A job that a hands-off run began is driven by that run.
func (s *Service) sweepJob(ctx context.Context, t migrate.TenantID, m migrate.Migration) error {
	if m.Job == "" {
		return nil
	}
	if _, driven := s.machines.first(pipeline.MachineMigration); driven {
		return nil
	}
	return s.machines.Start(ctx, pipeline.MachineOf(m.JobType), string(m.Job), pipeline.MachineState{
		Tenant: t, Migration: m.ID, Epoch: m.Epoch, Run: string(m.Job), Job: m.Job, JobType: m.JobType})
}

// settleAbandoned settles the drop or job of an execution that failed, so that nothing says InProgress for ever.
func (s *Service) settleAbandoned(ctx context.Context, p run.Position) {
	var state pipeline.MachineState
	if err := json.Unmarshal(p.Input, &state); err != nil {
		s.Logger.Error("reading the input of a failed state machine", "execution", p.Execution, "error", err)
		return
	}
	state.Error = &pipeline.StateError{Error: "Migrate.GivenUp", Cause: "the state machine failed"}
	if state.Drop == "" {
		m, err := s.Store.GetMigration(ctx, state.Tenant, state.Migration)
		if err != nil || m.Job == "" {
			return
		}
		state.Job, state.JobType = m.Job, m.JobType
	}
	if _, err := s.Settle.Run(ctx, state); err != nil {
		s.Logger.Error("settling after a failed state machine", "execution", p.Execution, "error", err)
	}
}
