package import JobEngine
package import Series

/// The figures of this node as a file: after any crash it is wholly the old or wholly the new one.
package struct SeriesFile: Sendable {
    /// Its name in its folder.
    package static let name = "series"

    private let path: String
    private let files: any FileSystem
    private let durable: DurableFile

    /// - Parameter folder: Absolute; made when there is none.
    package init(in folder: String, files: any FileSystem = PosixFileSystem()) {
        path = "\(folder)/\(Self.name)"
        self.files = files
        durable = DurableFile(files: files)
    }

    /// The figures that were kept, and what there is to tell of a file that cannot be used, which is put aside.
    ///
    /// Whatever is wrong with it, there are figures to go on with: empty ones.
    package func read() -> (book: SeriesBook, note: String?) {
        let reason: String
        do throws(InstallError) {
            guard let bytes = try durable.read(path) else { return (SeriesBook(), nil) }
            do throws(SeriesBook.FileFault) {
                return (try SeriesBook(file: bytes), nil)
            } catch {
                reason = "\(path) cannot be used: \(error)."
            }
        } catch {
            reason = error.description
        }
        return (SeriesBook(), "\(reason) Figures begin anew; \(putAside()).")
    }

    /// Replaces the file.
    ///
    /// - Throws: ``InstallError`` with the system's reason; the old file is there then.
    package func write(_ bytes: [UInt8]) throws(InstallError) {
        try durable.write(bytes, to: path, mode: 0o600)
    }

    /// The one of before, if any, is overwritten: who wants to know looks at the newest.
    private func putAside() -> String {
        do throws(FileFault) {
            try files.rename(path, to: path + ".unusable")
            return "the file is kept as \(Self.name).unusable"
        } catch {
            return "the file stays until it is replaced, within an hour"
        }
    }
}
