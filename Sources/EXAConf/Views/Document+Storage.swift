/// What of the configuration is about storage.
extension Document {
    /// Ids of the local volumes by name, from 0 on.
    ///
    /// The key `ID` gives an id; without it a volume has the lowest one nobody before it, and no `ID`, has taken. Files
    /// without the key, which all cluster software writes, so number their volumes in file order.
    package var volumeIDs: [String: Int] {
        var ids: [String: Int] = [:]
        var taken: Set<Int> = []
        for volume in volumes where ids[volume.name] == nil {
            guard let id = volume.int("ID"), (0..<10_000).contains(id), taken.insert(id).inserted else { continue }
            ids[volume.name] = id
        }
        var next = 0
        for volume in volumes where ids[volume.name] == nil {
            while !taken.insert(next).inserted { next += 1 }
            ids[volume.name] = next
        }
        return ids
    }

    /// The local volume of that id; nil when there is none.
    package func volume(id: Int) -> Volume? {
        volumeIDs.first { $0.value == id }.flatMap { volume(named: $0.key) }
    }

    /// Nodes with a disk for volumes, in file order: their places are their numbers in storage.
    package var storageNodes: [Node] { nodes.filter { !$0.storageDisks.isEmpty } }

    /// The nodes' disks and the local volumes, and nothing else: no secret is in it.
    package var storageExcerpt: Document {
        var excerpt = Document()
        excerpt.root.sections = root.sections.compactMap { section in
            switch section.name.kind {
            case "EXAVolume": return section.bare
            case "Node":
                var node = section.bare
                node.entries = []
                node.sections = node.sections.filter { $0.name.kind == "Disk" }
                return node
            default: return nil
            }
        }
        return excerpt
    }
}

extension Node {
    /// The disks volumes lie on.
    package var storageDisks: [Disk] { disks.filter { $0.component.lowercased() == "exastorage" } }
}

extension Section {
    fileprivate var bare: Section {
        var copy = self
        copy.comments = []
        copy.inlineComment = nil
        for index in copy.entries.indices {
            copy.entries[index].comments = []
            copy.entries[index].inlineComment = nil
        }
        copy.sections = sections.map(\.bare)
        return copy
    }
}
