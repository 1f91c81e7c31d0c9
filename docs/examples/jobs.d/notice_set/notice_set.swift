// Build it in its folder: swiftc -O notice_set.swift -o notice_set
import Foundation

struct Request: Decodable {
    struct Parameters: Decodable {
        let text: String
    }

    let verb: String
    let job: String
    let root: String
    let parameters: Parameters
}

do {
    let request = try JSONDecoder().decode(Request.self, from: FileHandle.standardInput.readDataToEndOfFile())
    let notice = URL(fileURLWithPath: request.root + "/etc/notice")
    // What undo needs is kept under the job's id: both verbs may come twice.
    let before = URL(fileURLWithPath: request.root + "/spool/notice.\(request.job)")
    let files = FileManager.default
    switch request.verb {
    case "run":
        let old = (try? Data(contentsOf: notice)) ?? Data()
        if !files.fileExists(atPath: before.path) { try old.write(to: before, options: .atomic) }
        try Data(request.parameters.text.utf8).write(to: notice, options: .atomic)
        print(String(decoding: try JSONEncoder().encode(String(decoding: old, as: UTF8.self)), as: UTF8.self))
    case "undo":
        if let old = try? Data(contentsOf: before) { try old.write(to: notice, options: .atomic) }
        print("null")
    default:
        print(#"{"error": {"code": "unknown-verb", "message": "It knows run and undo."}}"#)
        exit(3)
    }
} catch {
    FileHandle.standardError.write(Data("notice_set: \(error)\n".utf8))
    exit(1)
}
