import Values

/// Commands are taken back on nodes that are away: once they return.
extension EngineState {
    mutating func undone(_ id: JobID, step index: Int, _ outcome: CommandOutcome, into step: inout Step) {
        // A daemon that stops ends no undo: the job is taken back at the next start.
        if case .cancelled = outcome, isDraining { return }
        advance(id, .undone(index, outcome), into: &step)
    }

    /// Keeps what takes a command back, as its node is away; the job goes on without it.
    mutating func postpone(_ id: JobID, step index: Int, into step: inout Step) {
        guard let job = queue[id], case .undoing(index, _, _) = job.pipeline.phase,
            job.record.commands.indices.contains(index)
        else { return }
        let undo = KeptUndo(
            job: id, step: index, type: job.record.type, of: job.record.commands[index], since: step.now.wall)
        let isFirst = keptUndos.insert(undo)
        step.records.append(.undoKept(undo))
        // Before whatever else may run there by this step.
        if isFirst {
            step.effects.append(.owing(keptUndos.nodes))
            step.effects.append(.handOver(undo))
        }
        advance(id, .undoKept(index), into: &step)
    }

    /// Takes up what an earlier term kept. It comes before the jobs: none of their commands runs before it on its node.
    mutating func resume(_ undos: [KeptUndo], _ step: inout Step) {
        for undo in undos.sorted() { _ = keptUndos.insert(undo) }
        guard !keptUndos.nodes.isEmpty else { return }
        step.effects.append(.owing(keptUndos.nodes))
        for node in keptUndos.nodes.sorted() { handOver(to: node, &step) }
    }

    /// Takes that an undo was run on its node, and how that went.
    mutating func settle(_ key: CommandKey, _ step: inout Step) {
        guard let undo = keptUndos.settle(key) else { return }
        step.records.append(.undoSettled(key))
        if keptUndos.first(of: undo.node) == nil { step.effects.append(.owing(keptUndos.nodes)) }
        handOver(to: undo.node, &step)
    }

    /// Drops what is owed to a node that is no member any more.
    mutating func dropUndos(of node: Int, _ step: inout Step) {
        let dropped = keptUndos.drop(node)
        guard !dropped.isEmpty else { return }
        step.records += dropped.map { .undoSettled($0.key) }
        step.effects.append(.owing(keptUndos.nodes))
    }

    private func handOver(to node: Int, _ step: inout Step) {
        if let undo = keptUndos.first(of: node) { step.effects.append(.handOver(undo)) }
    }
}
