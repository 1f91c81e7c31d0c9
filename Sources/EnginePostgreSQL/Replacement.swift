import Foundation

/// The directory of an instance that takes the place of another one, so that there is always one of the two.
struct Replacement: Sendable {
    private let current: String
    /// Where the new one is made.
    let fresh: String
    /// Where the former one is while the new one takes its place.
    let old: String

    /// - Parameter folder: In which the directory of the instance lies.
    init(_ folder: String) {
        current = Volume.directory(in: folder)
        fresh = current + ".restoring"
        old = current + ".replaced"
    }

    /// Clears away what a verb that was cut off left behind; the instance is then the old one, or wholly the new one.
    func settle() throws(EngineError) {
        try Files.remove(fresh)
        let files = FileManager.default
        guard files.fileExists(atPath: old) else { return }
        if !Files.names(in: current).isEmpty { return try Files.remove(old) }
        try Files.remove(current)
        try Files.move(old, to: current)
    }

    /// Puts the new one in its place and gives the old one up.
    func complete() throws(EngineError) {
        if FileManager.default.fileExists(atPath: current) { try Files.move(current, to: old) }
        do throws(EngineError) {
            try Files.move(fresh, to: current)
        } catch {
            try settle()
            throw error
        }
        // The new one counts from here on; what cannot be removed now, the next verb removes.
        try? Files.remove(old)
    }
}
