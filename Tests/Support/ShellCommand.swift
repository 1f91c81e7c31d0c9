package import Foundation

/// Runs a program to its end without holding a thread of the test's pool.
package struct ShellCommand {
    /// How it ended.
    package struct Result: Sendable {
        /// 0 for success.
        package let status: Int32
        /// What it wrote, errors included.
        package let output: String
    }

    /// It ended with another status than 0.
    package struct Failure: Error {
        /// What it ended with instead.
        package let result: Result
    }

    /// Finds the program by `PATH`; the first argument is its name.
    package static func run(_ arguments: [String], in directory: URL? = nil) async throws -> Result {
        let output = FileManager.default.temporaryDirectory.appending(path: "confd-test-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return Result(status: status, output: String(decoding: try Data(contentsOf: output), as: UTF8.self))
    }

    /// Throws when the program fails.
    @discardableResult
    package static func check(_ arguments: [String], in directory: URL? = nil) async throws -> String {
        let result = try await run(arguments, in: directory)
        if result.status != 0 { throw Failure(result: result) }
        return result.output
    }
}
