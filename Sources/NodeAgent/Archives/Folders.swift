import Foundation

/// Whole folders, for files on their way.
enum Folders {
    /// What is not there, or cannot be removed now, is left to the next try.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
