package import Access
import Certificates
import Glibc
package import JobEngine
package import Posix
import Values
import Waiting

/// Bounds of the answers a node keeps in files.
package struct AnswerBounds: Sendable, Hashable {
    /// Bytes one answer may have. Default 64 MiB.
    package var one = StoredAnswer.mostBytes
    /// Bytes all of them may have; the oldest give way. Default 256 MiB.
    package var all = 256 << 20
    /// How long one is kept at most. Default 7 days.
    package var age = Duration.seconds(7 * 86_400)

    /// The defaults.
    package init() {}
}

/// The answers this node's commands gave that are too long for the records of their jobs, each a file in `spool/cluster/answers`
/// that this process's account alone can read.
package actor AnswerFiles {
    private static let folders = ["spool", "cluster", "answers"]
    private static let pause = Duration.seconds(3600)

    private nonisolated let directory: String
    private nonisolated let bounds: AnswerBounds
    private nonisolated let time: any TimeSource
    private nonisolated let thread = SerialThread(name: "answer-files")
    private var fetched = 0

    /// A thread of its own: calls of the file system block it, and nobody else.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - directory: The folder of the daemon, which nobody else can change.
    ///   - time: Its wall clock is compared with the times of files.
    package init(directory: String, bounds: AnswerBounds = AnswerBounds(), time: any TimeSource = SystemTimeSource()) {
        (self.directory, self.bounds, self.time) = (directory, bounds, time)
    }

    // MARK: Keeping

    /// Keeps an answer, on the disk on return; a former one of the same command goes, and old ones that there is no room for.
    ///
    /// - Throws: ``InstallError`` for one that is too long, and with what the disk said.
    package func store(_ content: [UInt8], of job: JobID, step: Int) throws(InstallError) -> StoredAnswer {
        let name = Name(job: job, step: step, sha256: Digest.sha256Hex(content))
        guard content.count <= min(bounds.one, bounds.all),
            let answer = StoredAnswer(bytes: content.count, sha256: name.sha256)
        else {
            throw InstallError("at most \(min(bounds.one, bounds.all)) bytes are kept in a file")
        }
        do throws(SystemFault) {
            let folder = try folder()
            clean(folder, leaving: content.count) { $0.job == job && $0.step == step }
            try folder.replace(name.text, by: content, mode: 0o600)
        } catch {
            throw InstallError("it cannot be written to a file: \(error)")
        }
        return answer
    }

    /// Removes what is too old, hour by hour, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            clean()
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }

    /// Removes what is too old or more than may be kept.
    package func clean() {
        guard let folder = try? folder() else { return }
        clean(folder, leaving: 0) { _ in false }
    }

    /// - Parameters:
    ///   - room: So many bytes are to come.
    ///   - isReplaced: Which ones go in any case.
    private func clean(_ folder: Descriptor, leaving room: Int, where isReplaced: (Name) -> Bool) {
        let oldest = Int(time.now / 1000) - Int(bounds.age / .seconds(1))
        var kept: [(name: String, written: Int, bytes: Int)] = []
        for text in (try? Tree.names(in: folder)) ?? [] {
            guard let status = try? folder.look(at: text) else { continue }
            // What is no answer was left by a daemon that was killed.
            guard let name = Name(text), status.isFile, !isReplaced(name), status.st_mtim.tv_sec >= oldest else {
                folder.removeFile(text)
                continue
            }
            kept.append((text, status.st_mtim.tv_sec, Int(status.st_size)))
        }
        var sum = kept.reduce(room) { $0 + $1.bytes }
        for file in kept.sorted(by: { ($0.written, $0.name) < ($1.written, $1.name) }) where sum > bounds.all {
            folder.removeFile(file.name)
            sum -= file.bytes
        }
    }

    // MARK: Reading

    /// The file of an answer; `nil` when it is not kept, or is another one.
    package func file(of answer: StoredAnswer, of job: JobID, step: Int) -> Descriptor? {
        let name = Name(job: job, step: step, sha256: answer.sha256)
        guard let folder = try? folder(),
            let file = try? Descriptor(
                openat(folder.number, name.text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)),
            let status = try? file.look(), status.isFile, Int(status.st_size) == answer.bytes
        else { return nil }
        return file
    }

    /// A file for an answer of another node, which is gone when nobody holds it any more.
    ///
    /// - Throws: What the disk said.
    func passing() throws(SystemFault) -> Descriptor {
        let folder = try folder()
        fetched += 1
        let name = ".fetched-\(fetched)"
        folder.removeFile(name)
        let file = try Descriptor(
            openat(folder.number, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        folder.removeFile(name)
        return file
    }

    private func folder() throws(SystemFault) -> Descriptor {
        var folder = try Descriptor.trusted(directory)
        for part in Self.folders { folder = try folder.makeFolder(part, mode: part == "spool" ? 0o711 : 0o700).folder }
        return folder
    }
}

/// What the file of an answer is called: the job, the place of the command and the digest.
private struct Name {
    let job: JobID
    let step: Int
    let sha256: String

    init(job: JobID, step: Int, sha256: String) { (self.job, self.step, self.sha256) = (job, step, sha256) }

    /// `nil` for what is none.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3, let job = JobID(parts[0]), let step = Int(parts[1]),
            StoredAnswer(bytes: 1, sha256: parts[2]) != nil
        else { return nil }
        self.init(job: job, step: step, sha256: parts[2])
    }

    var text: String { "\(job)-\(step)-\(sha256)" }
}

extension Descriptor {
    /// Removes a file of this folder, if there is one.
    fileprivate func removeFile(_ name: String) { unlinkat(number, name, 0) }
}
