"""Entities: the names of an article, what they mean, and who is who."""

from transforms.entities.linking import LinkEntities, link_entities

__all__ = ["LinkEntities", "link_entities"]
