"""Who is for or against whom or what: structure and a learned scorer, agreeing (docs/stance.md)."""

from transforms.stance.stage import DetectStance, detect_stance

__all__ = ["DetectStance", "detect_stance"]
