// Since when runs are paused.

extension Schema {
    static let pauseTimes = """
        -- Nobody knows it of runs that were paused before this column was there: they are paused since now.
        ALTER TABLE flow_run ADD COLUMN paused_at timestamptz;
        UPDATE flow_run SET paused_at = now() WHERE status = 'paused';
        ALTER TABLE flow_run ADD CONSTRAINT flow_run_paused_check
            CHECK ((status = 'paused') = (paused_at IS NOT NULL));
        """
}
