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
std::string CanonicalRrset(const std::string& text) {
  const Scoped scoped = Scoped::Parse(text);
  const size_t slash = scoped.name.rfind('/');
  if (slash == std::string::npos) return text;
  std::string type = scoped.name.substr(slash);
  for (char& c : type) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return Scoped{CanonicalDomain(scoped.name.substr(0, slash)) + type, scoped.view}.ToString();
}

std::string NameOf(const v1::Rrset& rrset) {
  return Scoped{CanonicalRrset(rrset.name() + "/" + rrset.type()), rrset.view()}.ToString();
}

/// POOL/ADDRESS.
std::string CanonicalRegistration(const std::string& name) {
  const size_t slash = name.find('/');
  if (slash == std::string::npos) return name;
  return name.substr(0, slash + 1) + EndpointKey(name.substr(slash + 1));
}

/// One spelling for the names that have several.
std::string CanonicalName(const std::string& kind, const std::string& name) {
  if (kind == "override") return CanonicalTarget(name);
  if (kind == "rrset") return CanonicalRrset(name);
  if (kind == "record" || kind == "zone") return CanonicalScoped(name);
  if (kind == "registration") return CanonicalRegistration(name);
  return kind == "key" ? CanonicalDomain(name) : name;
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
      return Scoped{CanonicalDomain(resource.record().name()), resource.record().view()}.ToString();
    case v1::Resource::kZone:
      return Scoped{CanonicalDomain(resource.zone().origin()), resource.zone().view()}.ToString();
    case v1::Resource::kOverride:
      return CanonicalTarget(resource.override().target());
    case v1::Resource::kKey:
      return CanonicalDomain(resource.key().name());
    case v1::Resource::kRrset:
      return NameOf(resource.rrset());
    case v1::Resource::kView:
      return resource.view().name();
    case v1::Resource::kRegistration:
      return resource.registration().pool() + "/" + EndpointKey(resource.registration().endpoint());
    case v1::Resource::kAutomation:
      return resource.automation().name();
    case v1::Resource::kSignal:
      return resource.signal().name();
    case v1::Resource::kWebhook:
      return resource.webhook().name();
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
