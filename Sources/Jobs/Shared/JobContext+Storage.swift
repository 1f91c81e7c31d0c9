import EXAConf
import JobEngine
import NodeCommands
import Values

/// What jobs on storage have in common.
extension JobContext {
    /// A command for the storage of one node, which sees a configuration as this job leaves it.
    ///
    /// - Parameter about: The parameter too little space is blamed on.
    func command(
        _ task: some StorageTask, on node: Int, for document: Document, about parameter: String? = nil
    ) throws(JobError) -> Command {
        try Command(OnStorage(task, on: node, for: document, about: parameter), on: node)
    }

    /// Refuses nodes that cannot be reached, or are suspended: what has to be done there cannot be done now.
    func requireReachable(_ nodes: some Sequence<Int>) throws(JobError) {
        let reachable = Set(reachableNodes)
        let away = nodes.filter { !reachable.contains($0) || cluster.suspended.contains($0) }
        guard away.isEmpty else {
            let names = away.map { String($0) }.joined(separator: ", ")
            throw JobError(
                .objectBusy,
                "Storage of node \(names) is needed, and the node has not joined, is offline or is suspended. Try again "
                    + "when it is back.", details: ["nodes": .ints(away)])
        }
    }

    /// The commands that make nodes follow a change of a volume, this node's first.
    func arranging(
        _ volume: String, _ purpose: StorageVolumeArrange.Purpose, on nodes: [Int], for document: Document,
        about parameter: String? = nil
    ) throws(JobError) -> [Command] {
        try requireReachable(nodes)
        return try ownFirst(nodes).map { (node) throws(JobError) in
            try command(StorageVolumeArrange(volume, purpose), on: node, for: document, about: parameter)
        }.sideBySide
    }

    /// The commands that switch something of a volume on all its nodes.
    func setting(_ volume: Volume, _ change: (inout StorageVolumeSet) -> Void) throws(JobError) -> Plan {
        try requireReachable(volume.nodes)
        var task = StorageVolumeSet(volume.name)
        change(&task)
        let changed = task
        return Plan(
            commands: try ownFirst(volume.nodes).map { (node) throws(JobError) in
                try command(changed, on: node, for: document)
            }.sideBySide)
    }

    /// The commands that look at the storage of those of some nodes that can be reached, this node's first.
    private func looking(at some: [Int]?) throws(JobError) -> [Command] {
        let known = Set(document.storageNodes.compactMap(\.id)).intersection(some ?? reachableNodes)
        let nodes = reachableNodes.filter { known.contains($0) && !cluster.suspended.contains($0) }
        return try nodes.map { (node) throws(JobError) in
            var command = try command(StorageLook(), on: node, for: document)
            command.deadline = Self.longestLook
            command.answerIfSilent = .null
            return command
        }.sideBySide
    }

    /// A plan that looks at storage and makes an answer of it.
    ///
    /// - Parameter nodes: Those it is about; all of them when nothing is said.
    func viewing(
        on nodes: [Int]? = nil, _ answer: @escaping @Sendable (StorageView) throws(JobError) -> Value?
    ) throws(JobError) -> Plan {
        let commands = try looking(at: nodes)
        let (document, suspended) = (document, cluster.suspended)
        return Plan(commands: commands) { (outputs) throws(JobError) in
            let answers = zip(commands.map(\.node), outputs).filter { $1 != .null }
            let looks = try answers.map { (node, value) throws(JobError) in
                (node, try OnStorage<StorageLook>.answer(value))
            }
            return try answer(StorageView(document, looks, suspended: suspended))
        }
    }

    private func ownFirst(_ nodes: [Int]) -> [Int] {
        nodes.filter { $0 == cluster.ownNode } + nodes.filter { $0 != cluster.ownNode }.sorted()
    }
}

extension JobDefinition {
    /// One job at a time changes storage.
    static let storageLock: @Sendable (Arguments) -> [Lock] = { _ in [.exclusive("storage")] }
    /// All that was changed on a node is taken back in the same way.
    static let storageUndoes = [String: String].undoes(
        of: OnStorage<StorageVolumeArrange>.self, OnStorage<StorageVolumeSet>.self, OnStorage<StorageDeviceSet>.self,
        OnStorage<StorageNodeSet>.self, OnStorage<StorageCalibrate>.self)
    /// Any number of jobs looks at it meanwhile nobody changes it.
    static let storageReadLock: @Sendable (Arguments) -> [Lock] = { _ in [.shared("storage")] }
    /// The id and the name of a volume stand in for each other.
    static let volumeStandIns = ["vid": ["vname"], "vname": ["vid"]]
}

extension Document {
    /// The volume of the parameters `vname` or `vid`.
    func given(volumeOf arguments: Arguments) throws(JobError) -> Volume {
        if let name = arguments.string("vname") {
            guard let volume = volume(named: name) else { throw .missing("volume \(name.echoed)") }
            return volume
        }
        let text = try arguments.required("vid")
        guard let id = Int(text), let volume = volume(id: id) else { throw .missing("volume \(text.echoed)") }
        return volume
    }

    /// The node of a parameter, which has a disk for volumes.
    func given(storageNode id: Int) throws(JobError) -> Node {
        let node = try given(node: id)
        guard !node.storageDisks.isEmpty else {
            throw JobError(.objectMissing, "Given node \(id) has no disk for volumes: add one with st_device_add.")
        }
        return node
    }

    /// How a volume lies on its nodes.
    func layout(of volume: Volume) throws(JobError) -> VolumeLayout {
        do throws(EXAConfError) {
            return try VolumeLayout(volume)
        } catch {
            throw JobError(.parameterInvalid, "The section of volume '\(volume.name)': \(error.message)")
        }
    }
}

extension JobContext {
    /// The node of a parameter, which has a disk for volumes and can be reached.
    func givenStorageNode(_ parameter: String, in document: Document) throws(JobError) -> Int {
        guard let id = arguments.int(parameter) else {
            throw JobError(.parameterMissing, "'\(parameter)' is missing.")
        }
        _ = try document.given(storageNode: id)
        try requireReachable([id])
        return id
    }

    /// A plan that sets something for the storage of a node.
    func setting(_ node: Int, _ task: StorageNodeSet) throws(JobError) -> Plan {
        Plan(commands: [try command(task, on: node, for: document)])
    }
}
