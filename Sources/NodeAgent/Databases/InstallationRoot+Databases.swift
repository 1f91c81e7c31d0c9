import Foundation

extension InstallationRoot {
    /// Whether a process works in a volume of this installation, as servers of databases do.
    package func isDatabase(_ process: Int) -> Bool {
        let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
        return folder?.hasPrefix(data + "/volumes/") ?? false
    }

    /// Whether there are data of a database in a volume.
    package func hasData(inVolume id: Int) -> Bool {
        let names = (try? PosixFileSystem().names(in: "\(data)/volumes/\(id)")) ?? []
        return names.contains { name in
            let inside = (try? PosixFileSystem().names(in: "\(data)/volumes/\(id)/\(name)")) ?? []
            return !name.hasPrefix(".") && !inside.isEmpty
        }
    }
}
