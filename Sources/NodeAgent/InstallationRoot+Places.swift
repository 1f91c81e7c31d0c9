package import EXAConf
import Foundation
package import JobEngine
import Posix

#if canImport(Glibc)
import Glibc
#endif

extension InstallationRoot {
    /// The folder on this machine the names of a place begin in.
    func top(of place: Place) -> String { roots.top(of: place) }

    /// The path on this machine of a place.
    package func location(of place: Place) -> String { ([top(of: place)] + place.names).joined(separator: "/") }

    /// The place a text of the configuration, or of a job, names here.
    ///
    /// - Throws: ``InstallError`` for what is no place of its kind.
    package func place(_ kind: Place.Kind, _ text: String) throws(InstallError) -> Place {
        do throws(PlaceFault) {
            return try Place(kind, text, in: roots)
        } catch {
            throw InstallError(error.description)
        }
    }

    /// Where such a place is on this machine, once the way to it is known to be without links.
    ///
    /// - Throws: ``InstallError`` also when a folder on the way is a link, or none.
    package func location(_ kind: Place.Kind, _ text: String) throws(InstallError) -> String {
        let place = try place(kind, text)
        do throws(SystemFault) {
            _ = try Descriptor.trusted(top(of: place)).folder(beneath: place.names.dropLast())
        } catch  where error.code != ENOENT {
            throw InstallError("\(place) cannot be used: a folder on the way to it is a link, or no folder.")
        } catch {
            // What is missing is made when something is written.
        }
        return location(of: place)
    }

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
