// Runs that are paused.

extension Schema {
    static let pauses = """
        ALTER TABLE flow_run
            DROP CONSTRAINT flow_run_status_check,
            ADD CONSTRAINT flow_run_status_check CHECK (status IN
                ('starting', 'running', 'paused', 'finished', 'failed', 'stopped', 'crashed')),
            DROP CONSTRAINT flow_run_check,
            ADD CONSTRAINT flow_run_check CHECK (
                (end_time IS NULL) = (status IN ('starting', 'running', 'paused')));
        """
}
