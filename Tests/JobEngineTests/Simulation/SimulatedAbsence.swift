@testable import JobEngine

/// Nodes of a simulated engine that go away and come back, what is owed to them, and what was run there.
struct SimulatedAbsence {
    private(set) var away: Set<Int> = []
    /// Nodes something is owed to, as the engine said last.
    private(set) var owing: Set<Int> = []
    /// Undos that were handed over for nodes that are away.
    private var waiting: [KeptUndo] = []
    /// Commands that are not run before their node has what is owed to it.
    private var held: [(job: JobID, step: Int, node: Int)] = []
    private var hasRun: Set<CommandKey> = []
    private var nodes: [CommandKey: Int] = [:]
    private var left: Set<Int> = []

    mutating func leave(_ node: Int) { away.insert(node) }

    /// - Returns: What is to be run there now.
    mutating func comeBack(_ node: Int) -> [KeptUndo] {
        away.remove(node)
        defer { waiting.removeAll { $0.node == node } }
        return waiting.filter { $0.node == node }
    }

    /// A node is removed; one that joins in its place is another one, and there.
    mutating func remove(_ node: Int) {
        away.remove(node)
        waiting.removeAll { $0.node == node }
        left.insert(node)
    }

    /// - Returns: Whether the undo can be run now.
    mutating func takes(_ undo: KeptUndo) -> Bool {
        if away.contains(undo.node) { waiting.append(undo) }
        return !away.contains(undo.node)
    }

    mutating func run(_ key: CommandKey) { hasRun.insert(key) }

    /// Takes to which nodes something is owed.
    ///
    /// - Returns: The commands that are to be run now.
    mutating func owe(_ nodes: Set<Int>) -> [(job: JobID, step: Int, node: Int)] {
        owing = nodes
        defer { held.removeAll { !nodes.contains($0.node) } }
        return held.filter { !nodes.contains($0.node) }
    }

    mutating func hold(_ job: JobID, _ step: Int, on node: Int) { held.append((job, step, node)) }

    /// Takes what is stored.
    ///
    /// - Returns: An undo that is let go of without having been run on a node that is still a member.
    mutating func forgotten(by records: [LogRecord]) -> CommandKey? {
        for case .undoKept(let undo) in records { nodes[undo.key] = undo.node }
        for case .undoSettled(let key) in records where !hasRun.contains(key) {
            guard let node = nodes[key], left.contains(node) else { return key }
        }
        return nil
    }

    /// A term is over: what waits, waits for the next one.
    mutating func endTerm() { (owing, waiting, held) = ([], [], []) }
}
