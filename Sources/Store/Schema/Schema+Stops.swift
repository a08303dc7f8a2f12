// Stops of runs that arrive at another server than the one that has the run.

extension Schema {
    static let stops = """
        -- On their way to the server that has the run. ends_run is false for a stop that only keeps the run from signing
        -- and sending. Rows of runs that have ended are deleted with the next stop that is written down.
        CREATE TABLE run_stops (
            flow_run_id        uuid        NOT NULL REFERENCES flow_run (id) ON DELETE CASCADE,
            ends_run           boolean     NOT NULL,
            grace_milliseconds integer     NOT NULL CHECK (grace_milliseconds BETWEEN 0 AND 300000),
            reason             text,
            asked_at           timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (flow_run_id, ends_run)
        );
        """
}
