#include "dnsd/config/parse.h"

#include <google/protobuf/descriptor.h>

#include <iterator>

#include "dnsd/config/field_reader.h"
#include "dnsd/config/scalar.h"
#include "dnsd/config/yaml_reader.h"

namespace waypost::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const Tree::Member* FindMember(const Tree& tree, std::string_view key) {
  for (const Tree::Member& member : tree.members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

/// Pool, Policy, ...
std::vector<std::string> KindWords() {
  std::vector<std::string> words;
  const Descriptor& type = *v1::Resource::descriptor();
  for (int i = 0; i < type.field_count(); ++i)
    words.push_back(type.field(i)->message_type()->name());
  return words;
}

const FieldDescriptor* FindKind(std::string_view word) {
  return v1::Resource::descriptor()->FindFieldByName(ToLower(word));
}

std::string KindFact(const Tree& document, const Tree::Member* kind) {
  if (document.kind != Tree::Kind::kMap) return "is no resource: want a map with kind and fields";
  if (kind == nullptr) return "has no kind; the first line of a resource is such as `kind: Pool`";
  return Quoted(kind->value.text) + " is no kind of resource" +
         DidYouMean(kind->value.text, KindWords());
}

/// True: this one would only add to a list that nobody reads.
bool HasTooManyProblems(const std::string& file, Parsed& out) {
  if (out.problems.size() == kMaxProblems) {
    out.problems.push_back({.file = file, .fact = kTooManyProblems});
  }
  return out.problems.size() > kMaxProblems;
}

void ReadResource(const Tree& document, const std::string& file, Parsed& out) {
  if (HasTooManyProblems(file, out)) return;
  const Tree::Member* kind = FindMember(document, "kind");
  const FieldDescriptor* field = kind == nullptr ? nullptr : FindKind(kind->value.text);
  if (field == nullptr) {
    const uint32_t line = kind == nullptr ? document.line : kind->line;
    out.problems.push_back({.file = file, .line = line, .fact = KindFact(document, kind)});
    return;
  }
  ParsedResource read;
  read.source.file = file;
  read.source.line = document.line;
  Problems problems;
  FieldReader(read.source, problems)
      .Read(document, *read.resource.GetReflection()->MutableMessage(&read.resource, field), "");
  for (Problem& problem : problems) {
    problem.file = file;
    problem.object = Describe(read.resource);
    out.problems.push_back(std::move(problem));
  }
  out.resources.push_back(std::move(read));
}

std::string PlaceOf(const Source& source) {
  return source.line == 0 ? source.file : source.file + ":" + std::to_string(source.line);
}

}  // namespace

Parsed ParseDocuments(std::string_view text, const std::string& file) {
  Parsed out;
  if (text.size() > kMaxDocumentBytes) {
    out.problems.push_back({.file = file, .fact = "is larger than 64 MiB"});
    return out;
  }
  YamlText yaml = ReadYaml(text, file);
  out.problems = std::move(yaml.problems);
  for (const Tree& document : yaml.documents) {
    if (document.kind != Tree::Kind::kList) ReadResource(document, file, out);
    for (const Tree& item : document.items) ReadResource(item, file, out);
  }
  return out;
}

Collected Collect(Parsed parsed) {
  Collected out;
  out.problems = std::move(parsed.problems);
  for (ParsedResource& read : parsed.resources) {
    const std::string id = IdOf(read.resource);
    const auto [first, is_new] = out.sources.emplace(id, read.source);
    if (is_new) {
      out.resources.emplace(id, std::make_shared<v1::Resource>(std::move(read.resource)));
    } else {
      out.problems.push_back({.file = read.source.file,
                              .line = read.source.line,
                              .object = Describe(read.resource),
                              .fact = "is declared twice, first in " + PlaceOf(first->second)});
    }
  }
  return out;
}

}  // namespace waypost::config
