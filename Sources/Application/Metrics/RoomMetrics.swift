package import Access
package import JobEngine

/// Levels of what is bounded: the store, the history, the memory of bodies; read at each scrape.
package struct RoomMetrics: Sendable {
    private let scheduler: JobScheduler
    private let memory: BodyMemory
    private let measure: @Sendable () async -> StoreRoom

    /// - Parameter measure: Tells what room the store has now.
    package init(scheduler: JobScheduler, memory: BodyMemory, measure: @escaping @Sendable () async -> StoreRoom) {
        self.scheduler = scheduler
        self.memory = memory
        self.measure = measure
    }

    /// What they stand at now.
    package func families() async -> [MetricFamily] {
        let room = await measure()
        return space(room) + history(room) + audit(room) + bodies
    }

    private func space(_ room: StoreRoom) -> [MetricFamily] {
        [
            .gauge("confd_store_free_bytes", "What can be written on the disk of the store.") {
                room.free.map { Double($0) }
            },
            .gauge("confd_store_low_bytes", "With less than this free, room is low.") { Double(room.low) },
            .gauge("confd_store_reserved_bytes", "What is kept free for a full disk now.") {
                Double(room.reserved)
            },
            .gauge("confd_store_reserve_bytes", "What is to be kept free for a full disk.") {
                Double(room.reserve)
            },
        ]
    }

    private func history(_ room: StoreRoom) -> [MetricFamily] {
        let shares = scheduler.historyShares
        return [
            .gauge("confd_history_bytes", "What the store holds.") { room.history.map { Double($0) } },
            .gauge("confd_history_limit_bytes", "What it may hold before ended jobs are archived.") {
                room.historyLimit.map { Double($0) }
            },
            .gauge("confd_history_largest_share_bytes", "What one user has added within an hour at most.") {
                Double(shares.largest)
            },
            .gauge("confd_history_spent_users", "Users who have added as much as they may in an hour.") {
                Double(shares.spent)
            },
        ]
    }

    private func audit(_ room: StoreRoom) -> [MetricFamily] {
        [
            MetricFamily("confd_audit_unrecorded", .counter, help: "Events of the audit log that could not be kept.") {
                [MetricSample(Double(room.unrecorded))]
            },
            MetricFamily("confd_audit_folded", .counter, help: "Refusals that are told together with others.") {
                [MetricSample(Double(room.folded))]
            },
        ]
    }

    private var bodies: [MetricFamily] {
        let memory = memory
        return [
            .gauge("confd_body_memory_bytes", "Memory that bodies of requests have.") { Double(memory.held) },
            .gauge("confd_body_memory_limit_bytes", "Memory there is for them.") { Double(memory.total) },
            .gauge("confd_body_memory_waiting_requests", "Requests that wait for memory.") { Double(memory.waiting) },
        ]
    }
}
