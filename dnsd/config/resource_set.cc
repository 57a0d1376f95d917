#include "dnsd/config/resource_set.h"

#include <google/protobuf/descriptor.h>

#include <cctype>

#include "dnsd/config/catalog.h"

namespace waypost::config {
namespace {

using google::protobuf::FieldDescriptor;

const FieldDescriptor* KindField(const v1::Resource& resource) {
  return resource.GetReflection()->GetOneofFieldDescriptor(
      resource, v1::Resource::descriptor()->oneof_decl(0));
}

std::string CanonicalTarget(const std::string& text) {
  const auto target = ParseTarget(text);
  return target ? target->ToString() : text;
}

/// NAME/TYPE; a type has no slash.
std::string CanonicalRrset(const std::string& name) {
  const size_t slash = name.rfind('/');
  if (slash == std::string::npos) return name;
  std::string type = name.substr(slash);
  for (char& c : type) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return CanonicalDomain(name.substr(0, slash)) + type;
}

/// One spelling for the names that have several.
std::string CanonicalName(const std::string& kind, const std::string& name) {
  if (kind == "override") return CanonicalTarget(name);
  if (kind == "rrset") return CanonicalRrset(name);
  return kind == "record" || kind == "zone" || kind == "key" ? CanonicalDomain(name) : name;
}

/// `policy "web"` -> policy/web; empty when the text is not of this shape.
std::string IdOfDescription(const std::string& object) {
  const size_t quote = object.find(" \"");
  if (quote == std::string::npos || object.size() < quote + 3 || object.back() != '"') return "";
  const std::string kind = object.substr(0, quote);
  const std::string name = object.substr(quote + 2, object.size() - quote - 3);
  return kind + "/" + CanonicalName(kind, name);
}

/// The line of the field, else of the nearest field around it, else of the document.
uint32_t LineOf(const Source& source, std::string path) {
  while (!path.empty()) {
    const auto known = source.field_lines.find(path);
    if (known != source.field_lines.end()) return known->second;
    const size_t cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
  }
  return source.line;
}

}  // namespace

std::string KindOf(const v1::Resource& resource) {
  const FieldDescriptor* field = KindField(resource);
  return field == nullptr ? "" : field->name();
}

std::string NameOf(const v1::Resource& resource) {
  switch (resource.kind_case()) {
    case v1::Resource::kRegion:
      return resource.region().name();
    case v1::Resource::kMonitor:
      return resource.monitor().name();
    case v1::Resource::kPool:
      return resource.pool().name();
    case v1::Resource::kNetwork:
      return resource.network().name();
    case v1::Resource::kPolicy:
      return resource.policy().name();
    case v1::Resource::kRecord:
      return CanonicalDomain(resource.record().name());
    case v1::Resource::kZone:
      return CanonicalDomain(resource.zone().origin());
    case v1::Resource::kOverride:
      return CanonicalTarget(resource.override().target());
    case v1::Resource::kKey:
      return CanonicalDomain(resource.key().name());
    case v1::Resource::kRrset:
      return CanonicalRrset(resource.rrset().name() + "/" + resource.rrset().type());
    case v1::Resource::KIND_NOT_SET:
      break;
  }
  return "";
}

std::string IdOf(const v1::Resource& resource) { return KindOf(resource) + "/" + NameOf(resource); }

std::string Describe(const v1::Resource& resource) {
  return KindOf(resource) + " \"" + NameOf(resource) + "\"";
}

void Locate(Problems& problems, const Sources& sources) {
  for (Problem& problem : problems) {
    if (!problem.file.empty()) continue;
    const auto source = sources.find(IdOfDescription(problem.object));
    if (source == sources.end()) continue;
    problem.file = source->second.file;
    problem.line = LineOf(source->second, problem.field);
  }
}

}  // namespace waypost::config
