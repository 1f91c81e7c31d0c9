import JobEngine
package import Values

/// `storage.volume.clear`: overwrites the first `bytes` of each segment this node keeps of a volume (`volume`) with
/// zeroes; 0 means all of it.
package struct StorageVolumeClear: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "storage.volume.clear"

    /// Answers null. Content that was cleared cannot come back; to clear twice is the same.
    ///
    /// - Throws: `refused` for a locked volume; `failed` with code 1 for a file that cannot be written; `cancelled` or `timedOut` between two pieces.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let step = try StorageStep(call)
        let name = try call.text("volume")
        guard let bytes = call.arguments["bytes"]?.int, bytes >= 0 else {
            throw .argument("bytes", "must be a number that is not negative")
        }
        let ledger = try step.look()
        let volume = try step.admitted { () throws(StorageRefusal) in
            try ledger.admitWork(on: name)
            return try ledger.held(name)
        }
        for (segment, length) in volume.lengths.sorted(by: { $0.key < $1.key }) {
            let path = step.folder.path(ofSegment: segment, volume: volume.id)
            guard step.folder.size(ofFile: path) != nil else { continue }
            try step.folder.clear(path, bytes == 0 ? length : min(bytes, length), check: call.check)
        }
        return .null
    }
}
