import Glibc
import JobEngine
package import Values

/// `storage.calibrate`: measures how fast this node's storage takes data, and keeps the half of it as the limit of
/// background recovery while none is set.
package struct StorageCalibrate: NodeAction {
    /// Stored in job records: it stays what it is.
    package static let name = "storage.calibrate"

    private static let pieces = 16

    /// Answers `limit` in MiB/s. Writes 16 MiB to a file beside the devices and removes it.
    ///
    /// - Throws: `failed` with code 1 when the file cannot be written.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let step = try StorageStep(call)
        let path = step.folder.devices + "/.calibration"
        defer { try? call.files.remove(path) }
        let start = ContinuousClock.now
        // Bytes that differ, so that no layer below stores them for less.
        var random = SystemRandomNumberGenerator()
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        for index in bytes.indices { bytes[index] = UInt8.random(in: .min ... .max, using: &random) }
        for number in 0..<Self.pieces {
            try call.check()
            bytes[0] = UInt8(truncatingIfNeeded: number)
            let piece = bytes
            try ActionError.reporting { () throws(InstallError) in
                try call.files.remove(path)
                try call.files.write(piece, to: path, mode: 0o600)
            }
        }
        let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        let limit = max(1, Int(Double(Self.pieces) / max(seconds, 0.001) / 2))
        return try step.change { (ledger) throws(StorageRefusal) in
            ledger.settings.calibratedLimit = limit
            return ["limit": .int(limit)]
        }
    }
}
