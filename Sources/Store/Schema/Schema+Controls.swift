// Everything that is asked of runs while they are alive, in one table.

extension Schema {
    static let controls = """
        -- Of several controls of a topic one holds: a later one of another kind takes its place. Kinds and topics are those
        -- of the server's own words.
        ALTER TABLE run_stops RENAME TO run_controls;
        ALTER TABLE run_controls ADD COLUMN topic text, ADD COLUMN kind text;
        UPDATE run_controls
        SET topic = CASE WHEN ends_run THEN 'end' ELSE 'acts' END,
            kind = CASE WHEN ends_run THEN 'stop' ELSE 'stop_acts' END;
        ALTER TABLE run_controls DROP CONSTRAINT run_stops_pkey, DROP COLUMN ends_run,
            ALTER COLUMN topic SET NOT NULL, ALTER COLUMN kind SET NOT NULL,
            ADD PRIMARY KEY (flow_run_id, topic);
        """
}
