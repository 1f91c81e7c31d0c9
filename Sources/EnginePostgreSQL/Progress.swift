import Foundation

/// Tells the daemon how far a verb has come.
enum Progress {
    /// - Parameter percent: 0 to 100.
    static func tell(_ percent: Int, _ text: String) {
        let line: [String: Any] = ["progress": ["percent": max(0, min(100, percent)), "text": text]]
        guard let bytes = try? JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]) else { return }
        FileHandle.standardError.write(bytes + Data("\n".utf8))
    }
}
