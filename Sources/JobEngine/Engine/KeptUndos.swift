/// What is owed to nodes that are away: the undos that are run there before anything else once they are back.
///
/// Of each node one is handed over at a time, always the first one.
struct KeptUndos: Sendable {
    private var kept: [Int: [KeptUndo]] = [:]

    /// The nodes something is owed to.
    var nodes: Set<Int> { Set(kept.keys) }

    /// All of them, node by node.
    var all: [KeptUndo] { kept.sorted { $0.key < $1.key }.flatMap(\.value) }

    /// The one to be handed over to a node; `nil` when nothing is owed to it.
    func first(of node: Int) -> KeptUndo? { kept[node]?.first }

    /// Keeps one more; the one that is being handed over stays in front.
    ///
    /// - Returns: Whether nothing was owed to its node before. One that is kept already changes nothing.
    mutating func insert(_ undo: KeptUndo) -> Bool {
        guard let others = kept[undo.node] else {
            kept[undo.node] = [undo]
            return true
        }
        guard !others.contains(where: { $0.key == undo.key }) else { return false }
        let place = others.dropFirst().firstIndex { undo < $0 } ?? others.endIndex
        kept[undo.node]?.insert(undo, at: place)
        return false
    }

    /// Lets go of the one that was handed over.
    ///
    /// - Returns: It; `nil` for one that is not in front, of which somebody tells late.
    mutating func settle(_ key: CommandKey) -> KeptUndo? {
        guard let (node, undos) = kept.first(where: { $0.value.first?.key == key }) else { return nil }
        kept[node] = undos.count > 1 ? Array(undos.dropFirst()) : nil
        return undos.first
    }

    /// Lets go of all that is owed to a node.
    mutating func drop(_ node: Int) -> [KeptUndo] { kept.removeValue(forKey: node) ?? [] }
}
