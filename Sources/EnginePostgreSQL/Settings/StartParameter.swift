/// A setting of PostgreSQL that users may give to a database, `-name=value`.
struct StartParameter: Sendable, Hashable {
    let name: String
    let value: String

    /// Reads parameters as they stand in the configuration.
    ///
    /// - Throws: `invalid` for one that is not `-name=value`, `unsupported` for settings that are not for users, by name.
    static func all(_ texts: [String]) throws(EngineError) -> [StartParameter] {
        var (parameters, refused): ([StartParameter], [String]) = ([], [])
        for text in texts {
            let parameter = try StartParameter(text)
            if tunable.contains(parameter.name) { parameters.append(parameter) } else { refused.append(parameter.name) }
        }
        guard refused.isEmpty else {
            let names = refused.map { "-" + $0 }.joined(separator: ", ")
            throw EngineError(
                .unsupported, "These are no settings of PostgreSQL that a database may be given: \(names).")
        }
        return parameters
    }

    private init(_ text: String) throws(EngineError) {
        guard text.hasPrefix("-"), let equals = text.firstIndex(of: "=") else {
            throw EngineError(.invalid, "'\(text)' is no start parameter: write -name=value.")
        }
        let name = text[..<equals].drop { $0 == "-" }
        value = String(text[text.index(after: equals)...])
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.".contains($0)) }),
            value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { throw EngineError(.invalid, "'\(text)' is no start parameter: write -name=value.") }
        self.name = name.lowercased()
    }

    /// As PostgreSQL's options have it.
    var text: String { "\(name)=\(value)" }

    /// Has PostgreSQL itself look at the values, each and all together; no database is touched.
    ///
    /// - Throws: `invalid` with what it says.
    static func check(_ parameters: [StartParameter]) async throws(EngineError) {
        if parameters.isEmpty { return }
        let outcome = try await asked("port", with: parameters)
        guard outcome.exitCode == 0 else {
            let said = ServerLogEntry.reason(ServerLogEntry.all(in: outcome.errors)) ?? outcome.errors
            throw EngineError(.invalid, "PostgreSQL does not take the start parameters. \(said.prefix(500))")
        }
        try await StartTrial(parameters).require()
    }

    /// What a server with these parameters says of a setting; nothing is read or started.
    static func asked(
        _ setting: String, with parameters: [StartParameter]
    ) async throws(EngineError) -> Program.Outcome {
        let nothing = ["config_file", "hba_file", "ident_file"].map { "\($0)=/dev/null" } + ["data_directory=/nowhere"]
        return try await Program.server.run(
            ["-C", setting] + (nothing + parameters.map(\.text)).flatMap { ["-c", $0] })
    }

    /// Settings that make a database faster, larger or more patient. Others let a server leave its place, run programs,
    /// lose data or stay silent, or follow from the configuration of the cluster.
    static let tunable: Set<String> = Set(
        """
        authentication_timeout autovacuum autovacuum_analyze_scale_factor autovacuum_analyze_threshold
        autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age autovacuum_naptime
        autovacuum_vacuum_cost_delay autovacuum_vacuum_cost_limit autovacuum_vacuum_insert_scale_factor
        autovacuum_vacuum_insert_threshold autovacuum_vacuum_scale_factor autovacuum_vacuum_threshold
        autovacuum_work_mem backend_flush_after bgwriter_delay bgwriter_flush_after bgwriter_lru_maxpages
        bgwriter_lru_multiplier bytea_output checkpoint_completion_target checkpoint_flush_after checkpoint_timeout
        checkpoint_warning client_connection_check_interval client_min_messages commit_delay commit_siblings
        compute_query_id constraint_exclusion cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost
        cursor_tuple_fraction datestyle deadlock_timeout default_statistics_target default_text_search_config
        default_toast_compression default_transaction_deferrable default_transaction_isolation
        default_transaction_read_only effective_cache_size effective_io_concurrency enable_async_append
        enable_bitmapscan enable_gathermerge enable_group_by_reordering enable_hashagg enable_hashjoin
        enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material enable_memoize enable_mergejoin
        enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning
        enable_partitionwise_aggregate enable_partitionwise_join enable_presorted_aggregate enable_seqscan enable_sort
        enable_tidscan extra_float_digits from_collapse_limit geqo geqo_effort geqo_generations geqo_pool_size
        geqo_seed geqo_selection_bias geqo_threshold gin_fuzzy_search_limit gin_pending_list_limit
        hash_mem_multiplier huge_page_size huge_pages idle_in_transaction_session_timeout idle_session_timeout
        intervalstyle jit jit_above_cost jit_inline_above_cost jit_optimize_above_cost join_collapse_limit lc_monetary
        lc_numeric lc_time lock_timeout log_autovacuum_min_duration log_checkpoints log_connections log_disconnections
        log_duration log_lock_waits log_min_duration_sample log_min_duration_statement log_recovery_conflict_waits
        log_startup_progress_interval log_statement_sample_rate log_temp_files log_transaction_sample_rate
        logical_decoding_work_mem maintenance_io_concurrency maintenance_work_mem max_connections
        max_files_per_process max_locks_per_transaction max_parallel_maintenance_workers max_parallel_workers
        max_parallel_workers_per_gather max_pred_locks_per_page max_pred_locks_per_relation
        max_pred_locks_per_transaction max_prepared_transactions max_stack_depth max_wal_size max_worker_processes
        min_dynamic_shared_memory min_parallel_index_scan_size min_parallel_table_scan_size min_wal_size
        parallel_leader_participation parallel_setup_cost parallel_tuple_cost plan_cache_mode random_page_cost
        recursive_worktable_factor search_path seq_page_cost shared_buffers statement_timeout stats_fetch_consistency
        superuser_reserved_connections synchronize_seqscans synchronous_commit tcp_keepalives_count
        tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout temp_buffers temp_file_limit timezone
        track_activity_query_size track_commit_timestamp track_functions track_io_timing track_wal_io_timing
        transaction_timeout vacuum_buffer_usage_limit vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty
        vacuum_cost_page_hit vacuum_cost_page_miss vacuum_failsafe_age vacuum_freeze_min_age vacuum_freeze_table_age
        vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age wal_buffers
        wal_compression wal_skip_threshold wal_writer_delay wal_writer_flush_after work_mem xmlbinary xmloption
        """.split { $0.isWhitespace }.map(String.init))
}
